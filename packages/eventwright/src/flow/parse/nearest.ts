export { nearest, suggestion } from '../../findings/index.ts'
