import { together } from '../child.mjs'
import { consume } from '../consumer/compare.mjs'
import { markdown, rate } from '../report.mjs'
import { begun } from '../store/measure.mjs'

const PROCESSES = [1, 2, 4]
const APPENDED = 200_000

/**
 * The same work by several processes on one store.
 * @param {ReturnType<import('../engines.mjs').engines>} engines @param {(line: string) => void} say
 */
export async function instances(engines, say) {
  const kafka = engines.without(['kafka']) === false
  const rows = []
  for (const processes of PROCESSES) {
    const seen = [
      await append(engines, processes),
      await consume(engines, 'postgres', processes),
      ...(kafka ? [await consume(engines, 'kafka', processes)] : []),
    ].map((measured) => rate(measured).toFixed(0))
    say(`${processes} processes: ${seen.join(', ')} /s`)
    rows.push([String(processes), ...seen])
  }
  return [
    'Several instances on one PostgreSQL',
    '',
    ...markdown(
      [
        'processes',
        'appended by 1,000 callers each/s',
        'consumed from PostgreSQL/s',
        ...(kafka ? ['consumed from Kafka/s'] : []),
      ],
      rows,
    ),
    '',
    await engines.postgresSettings(),
  ]
}

async function append(engines, processes) {
  const { url, drop } = await engines.database()
  const share = engines.count(APPENDED / processes)
  const measured = await together(
    Array.from({ length: processes }, () => begun('postgres/eventwright', 'many', url, share)),
  )
  await drop()
  return measured
}
