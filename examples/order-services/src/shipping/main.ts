import { serve } from '../program/serve.ts'
import { shipping } from './service.ts'

await serve(shipping)
