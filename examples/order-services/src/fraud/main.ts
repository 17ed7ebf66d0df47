import { serve } from '../program/serve.ts'
import { fraud } from './service.ts'

await serve(fraud)
