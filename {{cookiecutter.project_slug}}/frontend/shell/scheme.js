export * from '../sdk/scheme.js'
