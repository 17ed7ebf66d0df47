import { serve } from '../program/serve.ts'
import { inventory } from './service.ts'

await serve(inventory)
