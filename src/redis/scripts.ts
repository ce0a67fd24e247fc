import { createHash } from 'node:crypto';

import type { Script } from './redis-client.js';

/*
 * The protocol, as Lua scripts: each is one indivisible step and one round trip.
 *
 * Keys, all with one hash tag and so in one slot of a cluster:
 *   1 tok  hash  v version, f fence, h hash of the token, p sealed payload, s '1' once it drew a 401;  lives as long as the token
 *   2 lk   text  owner of the refresh lease;                                                           lives as long as the lease
 *   3 gen  text  counter for fences;                                                                   30 days, renewed
 *   4 neg  hash  c cause, k code, t status, r retryable, n failures in a row, w who was refused,
 *                m milliseconds that it outlives the cool-down, so that the next one is longer
 *
 * Redis counts lifetimes down, and readers ask what is left. Its clock is read for one purpose only: a client may hold commands
 * back during an outage and send them afterwards, and such a late commit would make a token live longer. The clocks of two hosts
 * are never compared. A key of another type, or without an expiry, reads as absent and is overwritten. All answers are lists of
 * strings, because clients map numbers differently.
 */

/** The version of the record layout. A record of another version reads as absent. */
export const RECORD_VERSION = '1';

const PRELUDE = `
local tok, lk, gen, neg = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local channel = ARGV[1]

local function fields(key, ...)
  local values = redis.pcall('HMGET', key, ...)
  if values.err then return {} end
  return values
end

local function text(key)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'string' then return false end
  return value
end

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function num(value) return tonumber(value) or 0 end
-- Larger numbers are not exact in Lua: they can only be garbage.
local function is_count(value) return value and string.match(value, '^%d+$') ~= nil and #value <= 15 end
local function out(number) return string.format('%.0f', number) end

-- A hint, and no more: a missing right to publish must not undo what was done.
local function tell(fence) redis.pcall('PUBLISH', channel, fence) end

local function stored()
  local t = fields(tok, 'v', 'f', 'h', 'p', 's')
  local left = redis.call('PTTL', tok)
  if t[1] ~= '${RECORD_VERSION}' or not is_count(t[2]) or not t[3] or not t[4] or left <= 0 then return nil end
  return { fence = t[2], hash = t[3], payload = t[4], suspect = t[5] == '1', left = left }
end

local function flag(record, hash)
  if record and not record.suspect and record.hash == hash then
    redis.call('HSET', tok, 's', '1')
    record.suspect = true
    tell(record.fence)
  end
end

local function next_fence()
  local fence = redis.pcall('INCR', gen)
  if type(fence) ~= 'number' or fence > 1e14 then
    redis.call('DEL', gen)
    fence = redis.call('INCR', gen)
  end
  local newest = fields(tok, 'f')[1]
  if is_count(newest) and fence <= num(newest) then
    fence = num(newest) + 1
    redis.call('SET', gen, out(fence))
  end
  redis.call('PEXPIRE', gen, 2592000000)
  return fence
end

local function give_back(owner)
  if text(lk) ~= owner then return false end
  redis.call('DEL', lk)
  return true
end
`;

/** ARGV: channel, owner, lease ms, least remaining ms, hash of the caller's token, '1' if that was rejected, unreadable fence, caller. */
export const BEGIN = script(`
local owner, lease, least, hash, rejected, unreadable, who =
  ARGV[2], ARGV[3], num(ARGV[4]), ARGV[5], ARGV[6] == '1', ARGV[7], ARGV[8]

local record = stored()
if record and record.fence == unreadable then record = nil end
if rejected then flag(record, hash) end
if record and not record.suspect and record.hash ~= hash and record.left > least then
  return { 'token', record.fence, out(record.left), record.payload }
end

local n = fields(neg, 'c', 'k', 't', 'r', 'n', 'w', 'm')
local failures = '0'
if n[1] and n[2] and n[5] and (n[1] ~= 'credentials' or n[6] == who) then
  failures = n[5]
  local cool = redis.call('PTTL', neg) - num(n[7])
  if cool > 0 then
    local answer = { 'cooling', out(cool), n[1], n[2], n[3] or '', n[4] or '', failures }
    if record then
      answer[8], answer[9], answer[10] = record.fence, out(record.left), record.payload
    end
    return answer
  end
end

-- Whoever asks again because the answer was lost has the lease already.
if not redis.call('SET', lk, owner, 'NX', 'PX', lease) and text(lk) ~= owner then
  local left = redis.call('PTTL', lk)
  if left < 0 then
    redis.call('PEXPIRE', lk, lease)
    left = num(lease)
  end
  return { 'held', out(left) }
end
return { 'lead', out(next_fence()), failures, out(now()) }
`);

/** ARGV: channel, owner, fence, remaining ms, hash, payload, '1' to write only if there is no usable token, latest time by this clock or ''. */
export const COMMIT = script(`
local owner, fence, left, hash, payload, only_if_absent = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7] == '1'

if ARGV[8] ~= '' and now() > num(ARGV[8]) then
  if give_back(owner) then tell('0') end
  return { 'late' }
end

local record = stored()
local holder = text(lk)
if only_if_absent and holder and holder ~= owner then
  if not record or record.suspect then return { 'superseded' } end
  return { 'superseded', record.fence, out(record.left), record.payload }
end
local in_the_way = only_if_absent and record and not (record.suspect and record.hash ~= hash)
if record and (in_the_way or num(record.fence) >= num(fence)) then
  if give_back(owner) then tell('0') end
  if record.suspect then return { 'superseded' } end
  return { 'superseded', record.fence, out(record.left), record.payload }
end
-- Written over the old record, and not after deleting it: a Redis that is full would lose the one and refuse the other.
local written = redis.pcall('HSET', tok, 'v', '${RECORD_VERSION}', 'f', fence, 'h', hash, 'p', payload, 's', '0')
if type(written) == 'table' and written.err then
  if not string.find(written.err, 'WRONGTYPE') then return redis.error_reply(written.err) end
  redis.call('DEL', tok)
  redis.call('HSET', tok, 'v', '${RECORD_VERSION}', 'f', fence, 'h', hash, 'p', payload, 's', '0')
end
redis.call('PEXPIRE', tok, left)
redis.call('DEL', neg)
give_back(owner)
tell(fence)
return { 'committed' }
`);

/** ARGV: channel. Takes a fence for a token that was minted without a lease. */
export const TAKE_FENCE = script(`return { out(next_fence()), out(now()) }`);

/** ARGV: channel, owner, cool-down ms, memory ms, cause, code, status, retryable, failures, who was refused. */
export const FAIL = script(`
local owner, cool, memory = ARGV[2], num(ARGV[3]), num(ARGV[4])
if not give_back(owner) then return { 'late' } end
local n = fields(neg, 'c', 'k', 'n', 'w', 'm')
local left = redis.call('PTTL', neg)
local remembered = n[1] == 'credentials' and n[2] and n[3] and n[4] == ARGV[10] and is_count(n[5]) and left > 0
if remembered and ARGV[5] ~= 'credentials' then
  -- Rejected credentials stay rejected: another failure may only lengthen their cool-down.
  if cool > 0 and cool + num(n[5]) > left then redis.call('PEXPIRE', neg, out(cool + num(n[5]))) end
elseif cool > 0 then
  redis.call('DEL', neg)
  redis.call('HSET', neg, 'c', ARGV[5], 'k', ARGV[6], 't', ARGV[7], 'r', ARGV[8], 'n', ARGV[9], 'w', ARGV[10], 'm', ARGV[4])
  redis.call('PEXPIRE', neg, out(cool + memory))
end
tell('0')
return { 'done' }
`);

/** ARGV: channel, hash of a rejected token or ''. Reads without taking the lease, and flags the token if it is that one. */
export const READ = script(`
local record = stored()
if ARGV[2] ~= '' then flag(record, ARGV[2]) end
if not record or record.suspect then return { 'none' } end
return { 'token', record.fence, out(record.left), record.payload }
`);

/** ARGV: channel, owner, lease ms. */
export const RENEW = script(`
if text(lk) ~= ARGV[2] then return { 'lost' } end
redis.call('PEXPIRE', lk, ARGV[3])
return { 'renewed' }
`);

/** ARGV: channel, owner. */
export const RELEASE = script(`
if give_back(ARGV[2]) then tell('0') end
return { 'done' }
`);

/** ARGV: channel. */
export const CLEAR = script(`
redis.call('DEL', tok, neg)
return { 'done' }
`);

function script(body: string): Script {
  const source = PRELUDE + body;
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
