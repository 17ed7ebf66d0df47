import { brokerSuite } from '../../testing/broker-suite.ts'
import { onPostgres } from '../../testing/fixtures/postgres.ts'
import { type ProxyServer, proxyBefore } from './fixtures/proxy.ts'
import { postgresBroker } from './postgres-broker.ts'

onPostgres('the broker on PostgreSQL', (fresh) =>
  brokerSuite('PostgreSQL', async () => {
    const url = fresh()
    const proxies: ProxyServer[] = []
    return {
      engine: postgresBroker(url),
      async openCutOff() {
        const proxy = await proxyBefore(url)
        proxies.push(proxy)
        const broker = await postgresBroker(proxy.url).openBroker()
        return { broker, cut: proxy.cut, mend: proxy.mend }
      },
      dispose: async () => {
        for (const proxy of proxies) proxy.close()
      },
    }
  }),
)
