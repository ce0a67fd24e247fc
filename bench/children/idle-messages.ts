export interface IdleOrder {
  /** A peer's id, or `token source alone`. */
  readonly peer: string;
  readonly count: number;
}

/** For each of them, in addition to the weight of the bare transport. */
export interface IdleReport {
  readonly bareBytes: number;
  readonly createdBytes: number;
  readonly withTokenBytes: number;
  /** `NaN` if there is nothing to look up. */
  readonly lookUpNs: number;
}
