// Logging in and out: what is asked of /session, which keeps the token in a cookie that no script can read.
// Knows neither the connection nor what is shown.

/** @import { WireError } from '../wire.js' */

/** What this browser is called in the list of devices. */
function deviceLabel() {
  const agent = navigator.userAgent;
  const browser = /Firefox/.test(agent) ? 'Firefox' : /Edg\//.test(agent) ? 'Edge' : /OPR\//.test(agent) ? 'Opera'
    : /Chrom(e|ium)\//.test(agent) ? 'Chrome' : /Safari/.test(agent) ? 'Safari' : 'browser';
  const system = /Android/.test(agent) ? 'Android' : /iPhone|iPad/.test(agent) ? 'iOS' : /Windows/.test(agent) ? 'Windows'
    : /Mac OS/.test(agent) ? 'macOS' : /Linux/.test(agent) ? 'Linux' : '';
  return system ? `${browser} · ${system}` : browser;
}

/** @param {object} body @returns {Promise<string>} the account; fails with a WireError */
async function post(body) {
  let response;
  try {
    response = await fetch('/session', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, credentials: 'same-origin', cache: 'no-store',
      body: JSON.stringify({ ...body, device: deviceLabel() }),
    });
  } catch {
    throw { code: 'unreachable', text: '' };
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok && typeof answer.account === 'string') return answer.account;
  /** @type {WireError} */
  const error = { code: answer.code ?? 'unreachable', text: answer.text ?? '', retry_after: answer.retry_after };
  throw error;
}

/** @param {string} account @param {string} password */
export function logIn(account, password) {
  return post({ account, password });
}

/** @param {string} name @param {string} password @param {string} invite empty: none */
export function register(name, password, invite) {
  return post({ register: true, name, password, ...(invite ? { invite } : {}) });
}

/** This device is forgotten, and the cookie with it. @returns {Promise<boolean>} whether it is */
export async function logOut() {
  const response = await fetch('/session', { method: 'DELETE', credentials: 'same-origin', cache: 'no-store' }).catch(() => null);
  return response?.ok ?? false;
}
