export interface IdleOrder {
  /** A peer's id, or `token source alone`. */
  readonly peer: string;
  readonly count: number;
}

/** For each of them, over what the bare transport weighs. */
export interface IdleReport {
  readonly bareBytes: number;
  readonly createdBytes: number;
  readonly withTokenBytes: number;
  /** `NaN` where there is nothing to look up. */
  readonly lookUpNs: number;
}
