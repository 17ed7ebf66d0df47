import { chmod, mkdir, rename, rm, rmdir, symlink, writeFile } from 'node:fs/promises'

/** Everything that changes the disk, so that a test can break off or kill a process at each step. */
export interface Disk {
  makeFolder(path: string): Promise<void>
  writeFile(path: string, content: Buffer | string, mode: number): Promise<void>
  link(to: string, path: string): Promise<void>
  move(from: string, to: string): Promise<void>
  /** With everything in it; a link is removed, never followed. */
  remove(path: string): Promise<void>
  /** Only if it is empty. */
  removeFolder(path: string): Promise<void>
}

export const realDisk: Disk = {
  makeFolder: (path) => mkdir(path),
  async writeFile(path, content, mode) {
    await writeFile(path, content, { flag: 'wx', flush: true })
    await chmod(path, mode) // whatever the umask
  },
  link: (to, path) => symlink(to, path, 'dir'),
  move: (from, to) => rename(from, to),
  remove: (path) => rm(path, { recursive: true, force: true }),
  removeFolder: (path) => rmdir(path),
}
