export interface MemberOrder {
  readonly redisSocket: string;
  readonly baseURL: string;
  readonly tokenUrl: string;
  readonly seconds: number;
  readonly perSecond: number;
}

export interface MemberReport {
  readonly roundTrips: number;
  readonly requests: number;
  readonly failed: number;
}
