import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const PASSWORD = 'for-tests'

/**
 * Makes a broker a certificate for `localhost` and 127.0.0.1 that nobody trusts by itself, by the JDK's own tool, which
 * is there wherever a broker runs. `config`: the settings of a listener that shows it.
 * @param {string} folder
 * @returns {{ certificate: string, config: Record<string, string> }}
 */
export function makeCertificate(folder) {
  const store = join(folder, 'broker.p12')
  const place = ['-alias', 'broker', '-keystore', store, '-storetype', 'PKCS12', '-storepass', PASSWORD]
  const names = ['-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost,ip:127.0.0.1', '-validity', '30']
  execFileSync('keytool', ['-genkeypair', '-keyalg', 'EC', ...place, ...names], { stdio: 'pipe' })
  const certificate = execFileSync('keytool', ['-exportcert', '-rfc', ...place], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
  const config = {
    'ssl.keystore.location': store,
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.password': PASSWORD,
  }
  return { certificate, config }
}
