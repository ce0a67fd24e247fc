export {
  createOpenTelemetry,
  type OpenTelemetryHandle,
  type OpenTelemetryOptions,
} from './create-open-telemetry.js';
