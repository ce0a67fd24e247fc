import { asRecord, textOf, type WireRecord } from '../wire-values.js';

/** The agent of a CCM call, who is dialled first. Which fields are set depends on the endpoint. */
export interface ExotelAgentParty {
  userId: string | undefined;
  /** E.164 or `sip:`. */
  contactUri: string | undefined;
  name: string | undefined;
  email: string | undefined;
}

/** The customer of a CCM call. */
export interface ExotelCustomerParty {
  number: string | undefined;
}

/** `assigned_agent_details` on the Voice v2 pages, `agent_details` on the contact-centre page. */
export function parseAgent(call: WireRecord): ExotelAgentParty | undefined {
  const agent = asRecord(call.assigned_agent_details) ?? asRecord(call.agent_details);
  if (agent === undefined) return undefined;
  return {
    userId: textOf(agent.user_id),
    contactUri: textOf(agent.contact_uri),
    name: textOf(agent.name),
    email: textOf(agent.email),
  };
}

export function parseCustomer(call: WireRecord): ExotelCustomerParty | undefined {
  const customer = asRecord(call.customer_details);
  return customer === undefined ? undefined : { number: textOf(customer.number) };
}
