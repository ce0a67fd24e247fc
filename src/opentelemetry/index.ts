/**
 * OpenTelemetry spans and metrics for a token source.
 *
 * @module axios-bearer/opentelemetry
 */
export {
  createOpenTelemetry,
  type OpenTelemetryHandle,
  type OpenTelemetryOptions,
} from './create-open-telemetry.js';
