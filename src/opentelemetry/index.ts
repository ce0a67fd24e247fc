/**
 * Spans and metrics of a token source.
 *
 * @module axios-bearer/opentelemetry
 */
export {
  createOpenTelemetry,
  type OpenTelemetryHandle,
  type OpenTelemetryOptions,
} from './create-open-telemetry.js';
