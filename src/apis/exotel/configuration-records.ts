import { asList, asRecord, booleanOf, numberOf, textOf, textsIn } from '../wire-values.js';
import { parseExotelTime } from './exotel-time.js';

/** A process of a contact centre. */
export interface ExotelProcess {
  processId: number | undefined;
  name: string | undefined;
  contactCenterId: number | undefined;
  type: string | undefined;
  description: string | undefined;
  dialingStateLevel: string | undefined;
  createdTime: Date | undefined;
  updatedTime: Date | undefined;
}

/** A campaign of a contact centre. */
export interface ExotelCampaign {
  campaignId: number | undefined;
  name: string | undefined;
  type: string | undefined;
  contactCenterId: number | undefined;
  processId: number | undefined;
  description: string | undefined;
  createdTime: Date | undefined;
  updatedTime: Date | undefined;
  ref: string | undefined;
  version: number | undefined;
}

/** A lead list of a campaign. Fields that the docs name but do not describe stay in `raw`. */
export interface ExotelCampaignLead {
  id: number | undefined;
  campaignId: number | undefined;
  leadId: number | undefined;
  priority: number | undefined;
  weightage: number | undefined;
  enabled: boolean | undefined;
  maxAttempt: number | undefined;
  churnCount: number | undefined;
  dialingConfigurationEnabled: boolean | undefined;
  dialingEnabledAtAllTime: boolean | undefined;
  userMappings: readonly {
    id: number | undefined;
    campaignLeadId: number | undefined;
    campaignUserId: number | undefined;
  }[];
  createdTime: Date | undefined;
  updatedTime: Date | undefined;
  ref: string | undefined;
  version: number | undefined;
  raw: unknown;
}

/** Who works on a lead list, and who does not. */
export interface ExotelLeadUsers {
  campaignLeadId: number | undefined;
  leadId: number | undefined;
  campaignId: number | undefined;
  assignedCampaignUserIds: readonly number[];
  unassignedCampaignUserIds: readonly number[];
  assignedUserIds: readonly string[];
  unassignedUserIds: readonly string[];
  raw: unknown;
}

export function parseProcess(value: unknown, zonelessOffset: string): ExotelProcess {
  const process = asRecord(value) ?? {};
  return {
    processId: numberOf(process.processId),
    name: textOf(process.processName),
    contactCenterId: numberOf(process.contactCenterId),
    type: textOf(process.processType),
    description: textOf(process.description),
    dialingStateLevel: textOf(process.dialingStateLevel),
    createdTime: parseExotelTime(process.dateAdded, zonelessOffset),
    updatedTime: parseExotelTime(process.dateModified, zonelessOffset),
  };
}

export function parseCampaign(value: unknown, zonelessOffset: string): ExotelCampaign {
  const campaign = asRecord(value) ?? {};
  return {
    campaignId: numberOf(campaign.campaignContextId),
    name: textOf(campaign.campaignContextName),
    type: textOf(campaign.campaignContextType),
    contactCenterId: numberOf(campaign.contactCenterId),
    processId: numberOf(campaign.processId),
    description: textOf(campaign.description),
    createdTime: parseExotelTime(campaign.dateAdded, zonelessOffset),
    updatedTime: parseExotelTime(campaign.dateModified, zonelessOffset),
    ref: textOf(campaign.ref),
    version: numberOf(campaign.version),
  };
}

export function parseCampaignLead(value: unknown, zonelessOffset: string): ExotelCampaignLead {
  const lead = asRecord(asRecord(value)?.data) ?? {};
  return {
    id: numberOf(lead.id),
    campaignId: numberOf(lead.campaignContextId),
    leadId: numberOf(lead.leadId),
    priority: numberOf(lead.priority),
    weightage: numberOf(lead.weightage),
    enabled: booleanOf(lead.enabled),
    maxAttempt: numberOf(lead.maxAttempt),
    churnCount: numberOf(lead.churnCount),
    dialingConfigurationEnabled: booleanOf(lead.leadDialingConfigurationEnabled),
    dialingEnabledAtAllTime: booleanOf(lead.leadDialingEnabledAtAllTime),
    userMappings: asList(lead.campaignLeadUserMappings).map(parseMapping),
    createdTime: parseExotelTime(lead.dateAdded, zonelessOffset),
    updatedTime: parseExotelTime(lead.dateModified, zonelessOffset),
    ref: textOf(lead.ref),
    version: numberOf(lead.version),
    raw: value,
  };
}

function parseMapping(value: unknown): ExotelCampaignLead['userMappings'][number] {
  const mapping = asRecord(value) ?? {};
  return {
    id: numberOf(mapping.id),
    campaignLeadId: numberOf(mapping.campaignLeadId),
    campaignUserId: numberOf(mapping.campaignUserId),
  };
}

/** A bare object, without an envelope; `undefined` for anything else. */
export function parseLeadUsers(body: unknown): ExotelLeadUsers | undefined {
  const users = asRecord(body);
  if (users === undefined) return undefined;
  return {
    campaignLeadId: numberOf(users.campaignLeadId),
    leadId: numberOf(users.leadId),
    campaignId: numberOf(users.campaignId),
    assignedCampaignUserIds: numbersIn(users.assignedCampaignUserIds),
    unassignedCampaignUserIds: numbersIn(users.unassignedCampaignUserIds),
    assignedUserIds: textsIn(users.assignedUserIds),
    unassignedUserIds: textsIn(users.unassignedUserIds),
    raw: body,
  };
}

function numbersIn(value: unknown): readonly number[] {
  return asList(value)
    .map(numberOf)
    .filter((number) => number !== undefined);
}
