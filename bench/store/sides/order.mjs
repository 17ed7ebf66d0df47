/** The payload that every side writes. */
export const TYPE = 'OrderPlaced'

export const SCHEMA = {
  type: 'object',
  required: ['customerId', 'lines', 'total'],
  additionalProperties: false,
  properties: {
    customerId: { type: 'string', minLength: 1 },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        required: ['sku', 'quantity'],
        additionalProperties: false,
        properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } },
      },
    },
    total: { type: 'integer', minimum: 1 },
  },
}

/** @param {number} n */
export function order(n) {
  return {
    customerId: `customer-${n % 977}`,
    lines: [
      { sku: 'mug', quantity: 1 + (n % 3) },
      { sku: 'tea', quantity: 2 },
    ],
    total: 1000 + (n % 90_000),
  }
}

/** What is folded: a sum that depends on every event. @param {number} sum @param {{ total: number }} data */
export const fold = (sum, data) => sum + data.total

/** A stream of ten events among those that a store was filled with; of the aggregate `order`. @param {number} number */
export const oldStream = (number) => `order-${number}`
