import { serve } from '../program/serve.ts'
import { bank } from './bank.ts'
import { payments } from './service.ts'

await serve({ ...payments, run: [...payments.run, bank] })
