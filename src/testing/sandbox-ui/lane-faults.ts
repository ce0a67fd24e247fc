import type { FaultSwitches } from '../sandbox/faults.js';
import type { SandboxProvider } from '../sandbox/provider.js';
import type { SandboxRequest } from '../sandbox/sandbox-request.js';
import { LASTING_FAULTS, type LastingFault, type MomentaryFault } from './happening.js';

/** The switches of one provider's sandbox, as the buttons of the page use them. */
export interface LaneFaults {
  press(fault: MomentaryFault): void;
  switch(fault: LastingFault, on: boolean): void;
  /** Switches every lasting fault off. */
  recover(): void;
  /** Ends every disturbance of ours. */
  release(): void;
}

const SLOW_MS = 2_400;
const RETRY_AFTER_SECONDS = 8;

/** The token endpoint can do only one of these at a time. */
const EXCLUSIVE: readonly LastingFault[] = ['fail', 'hang', 'rate-limit'];

/** A request to the API takes between 40 and 160 ms, so that some are under way at any time. */
const apiCallMs = ({ serial }: SandboxRequest) => 40 + ((serial * 37) % 120);

/**
 * Holds each request for a while before it is judged: a token is created when it is returned, and a request that is under
 * way when its token dies gets a 401. (A delay would judge first and answer late.) Ends with `recover`.
 */
function holdEach(endpoint: FaultSwitches, tookMs: (request: SandboxRequest) => number): void {
  const held = endpoint.holdNext();
  void held.arrived.then((request) => {
    setTimeout(() => held.release(), tookMs(request)).unref();
    holdEach(endpoint, tookMs);
  });
}

export function createFaultSwitches(
  sandbox: SandboxProvider,
  { tokenLifeMs, tokenCallMs }: { readonly tokenLifeMs: number; readonly tokenCallMs: number },
  told: (on: readonly LastingFault[], fault?: LastingFault) => void,
): LaneFaults {
  const { tokenEndpoint } = sandbox;
  let on = new Set<LastingFault>();

  function apply(): void {
    tokenEndpoint.recover();
    if (!on.has('hang')) holdEach(tokenEndpoint, () => (on.has('slow') ? SLOW_MS : tokenCallMs));
    sandbox.allowOneActiveToken(on.has('one-active-token'));
    if (on.has('fail')) tokenEndpoint.fail({ status: 503, body: { error: 'server_error' } });
    if (on.has('hang')) tokenEndpoint.hang();
    if (on.has('rate-limit')) {
      const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
      tokenEndpoint.fail({ status: 429, body: { error: 'rate limit' }, headers });
    }
  }

  sandbox.issueTokensLiving(tokenLifeMs / 1000);
  holdEach(sandbox.api, apiCallMs);
  apply();

  return {
    press(fault) {
      if (fault === 'revoke') sandbox.revokeTokens();
      else sandbox.expireTokens();
    },
    switch(fault, wanted) {
      if (wanted && EXCLUSIVE.includes(fault)) EXCLUSIVE.forEach((other) => on.delete(other));
      if (wanted) on.add(fault);
      else on.delete(fault);
      apply();
      told(
        LASTING_FAULTS.filter((one) => on.has(one)),
        fault,
      );
    },
    recover() {
      if (on.size === 0) return;
      on = new Set();
      apply();
      told([]);
    },
    release() {
      tokenEndpoint.recover();
      sandbox.api.recover();
      sandbox.allowOneActiveToken(false);
    },
  };
}
