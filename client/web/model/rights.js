// Who may do what in a room, and why one may not speak there.
// Knows ranks and rules; what somebody does is not its matter.

/** @import { Model } from './model.js' */
/** @import { Place } from './place.js' */

/** The greater the more. The server's own moderators are moderators everywhere. @type {Record<string, number>} */
export const ranks = { voice: 1, moderator: 2, owner: 3, admin: 4 };

/** @param {string | undefined} role */
export function rankOf(role) {
  return ranks[role ?? ''] ?? 0;
}

/** One's own. @param {Model} model @param {Place} place */
export function rankIn(model, place) {
  return place.isPrivate ? 0 : Math.max(rankOf(place.role), rankOf(model.role));
}

/** Why one may not speak, and until when; `until` 0: nobody knows. @typedef {{code: string, until: number, text?: string, id?: number}} Silence */

/** @param {Model} model @param {Place} place @param {number} now @returns {Silence | null} */
export function whyNotSpeak(model, place, now) {
  const always = (/** @type {string} */ code) => ({ code, until: 0 });
  const isGuest = model.account === '';
  const { rules, silence } = place;
  const mine = rankIn(model, place);
  if (place.out) return place.out;
  // It goes by a number, which is no name.
  if (place.isPrivate && place.name.startsWith('#')) return always('account_erased');
  if (isGuest && model.guests === 'read') return always('guests_read');
  if (isGuest && model.lockdown) return { code: 'lockdown', until: Date.parse(model.lockdown.until) || 0 };
  const binds = silence?.code !== 'muted' || mine < ranks.moderator;
  if (silence && binds && (silence.until === 0 || silence.until > now)) return silence;
  if (place.isPrivate || mine > 0) return null;
  if (rules.moderated) return always('moderated');
  return isGuest && (rules.accounts_only ?? 'no') !== 'no' ? always('login_required') : null;
}
