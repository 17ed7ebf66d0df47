import { suggestion } from '../findings/index.ts'
import { checkFlow, type Flow, type LoadedFlow, loadFlow, type Service } from '../flow/index.ts'
import { CannotScaffold, FlowHasErrors } from './errors.ts'

export interface SoundFlow {
  readonly loaded: LoadedFlow
  readonly flow: Flow
}

/** A flow without errors; warnings do not matter here. @throws FlowHasErrors FlowFileError */
export async function loadSound(file: string): Promise<SoundFlow> {
  const loaded = await loadFlow([file])
  const { findings } = checkFlow(loaded)
  const errors = findings.filter(({ level, suppressed }) => level !== 'warning' && suppressed === undefined)
  if (!loaded.flow || errors.length > 0) throw new FlowHasErrors(file, errors, loaded.sources)
  return { loaded, flow: loaded.flow }
}

/** The services that are asked for: one, or all. @throws CannotScaffold */
export function servicesOf(flow: Flow, file: string, wanted?: string): readonly Service[] {
  if (wanted === undefined) {
    const all = [...flow.services.values()]
    if (all.length > 0) return all
    throw new CannotScaffold(`${file} has no services: add one under \`services:\`.`)
  }
  const service = flow.services.get(wanted)
  if (service) return [service]
  throw new CannotScaffold(
    `${file} has no service \`${wanted}\`. ${suggestion(wanted, flow.services.keys())}`,
  )
}
