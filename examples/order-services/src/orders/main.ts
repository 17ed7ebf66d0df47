import { serve } from '../program/serve.ts'
import { orders } from './service.ts'

await serve(orders)
