// What one does with messages that were said, and with people, in rooms that one runs: what may be done, and what is asked for.
// Knows no view but the names of its dialogs.

/** @import { App } from './app.js' */
/** @import { Place } from '../model/place.js' */
/** @import { Said } from '../model/pages.js' */
/** @import { WireEvent } from '../wire.js' */
import { keyOf } from '../model/names.js';
import { rankIn, rankOf, ranks } from '../model/rights.js';

/** How long a mute or a ban may last, to choose from; 0: for good. */
export const spans = [600_000, 3_600_000, 86_400_000, 604_800_000, 0];

export class Order {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** The message whose text is being changed. @type {{key: string, row: string, text: string} | null} */
    this.editing = null;
  }

  /** @param {Place} place @param {Said} said */
  mayEdit(place, said) {
    return said.isOwn && this.mayDelete(place, said);
  }

  /** @param {Place} place @param {Said} said */
  mayDelete(place, said) {
    return said.seq > 0 && !said.message.deleted && place.isJoined && (said.isOwn || rankIn(this.app.model, place) >= ranks.moderator);
  }

  /** @param {Place} place @param {Said} said */
  mayReport(place, said) {
    return !place.isPrivate && !said.isOwn && !said.message.deleted && place.isJoined;
  }

  /** @param {Place} place */
  runs(place) {
    return place.isJoined && rankIn(this.app.model, place) >= ranks.moderator;
  }

  /** Roles that one may give there. @param {Place} place @param {string} name @returns {string[]} */
  rolesFor(place, name) {
    const mine = rankIn(this.app.model, place);
    const present = rankOf(place.roles.get(keyOf(name)));
    if (!this.runs(place) || (present >= ranks.moderator && mine < ranks.owner)) return [];
    return mine >= ranks.owner ? ['none', 'voice', 'moderator', 'owner'] : ['none', 'voice'];
  }

  // ---- messages

  /** @param {Place} place @param {Said} said */
  edit(place, said) {
    this.editing = { key: place.key, row: said.key, text: said.message.text };
    this.app.model.tellPlace(place.key);
  }

  /** One's last, if it may be edited. @param {Place} place @returns {boolean} */
  editLast(place) {
    for (const page of [...place.tail.list].reverse()) {
      for (const row of [...page.rows].reverse()) {
        if (row.kind !== 'message' || !this.mayEdit(place, row)) continue;
        place.past = null;
        this.edit(place, row);
        return true;
      }
    }
    return false;
  }

  stopEditing() {
    const key = this.editing?.key;
    this.editing = null;
    if (key !== undefined) this.app.model.tellPlace(key);
    this.app.signals.tell('focus-composer');
  }

  /** @param {Place} place @param {Said} said */
  async saveEdit(place, said) {
    const { editing } = this;
    const text = editing?.text.trim() ?? '';
    if (text === '') return this.remove(place, said);
    const isSame = text === said.message.text;
    // What is refused stays in the editor.
    if ((isSame || await this.app.ask({ type: 'edit', ...where(place), seq: said.seq, text })) && this.editing === editing) this.stopEditing();
  }

  /** @param {Place} place @param {Said} said */
  remove(place, said) {
    if (this.editing) this.stopEditing();
    this.app.open({
      kind: 'deed', title: this.app.t('deleteOf', { name: said.message.from }), about: said.message.text, verb: 'remove',
      field: said.isOwn ? '' : 'reason', request: { type: 'delete', ...where(place), seq: said.seq },
    });
  }

  /** @param {Place} place @param {Said} said */
  report(place, said) {
    this.app.open({
      kind: 'deed', title: this.app.t('reportOf', { name: said.message.from }), about: said.message.text, verb: 'report',
      field: 'text', isRequired: true, done: 'reported', request: { type: 'report', room: place.name, seq: said.seq },
    });
  }

  // ---- people

  /** @param {Place} place @param {string} name @param {string} [why] */
  kick(place, name, why) {
    this.app.open({ kind: 'deed', title: this.app.t('kickWhom', { name, place: place.name }), verb: 'kick', field: 'reason', why, request: { type: 'kick', room: place.name, name } });
  }

  /** @param {Place} place @param {string} of a name, or a mask @param {'ban' | 'mute'} action @param {number} [ms] for how long @param {string} [why] */
  ban(place, of, action, ms, why) {
    this.app.open({
      kind: 'deed', title: this.app.t(`${action}Whom`, { name: of, place: place.name }), verb: action, field: 'reason', spans, ms, why,
      request: { type: 'ban', room: place.name, of, action },
    });
  }

  /** Off the server. @param {string} name */
  disconnect(name) {
    this.app.open({ kind: 'deed', title: this.app.t('disconnectWhom', { name }), verb: 'disconnect', field: 'reason', request: { type: 'disconnect', name } });
  }

  /** An account, which nobody is let in to any more. @param {string} account */
  suspend(account) {
    this.app.open({ kind: 'deed', title: this.app.t('suspendWhom', { name: account }), verb: 'suspend', field: 'reason', spans, request: { type: 'suspend', account } });
  }

  /** @param {Place} place @param {string} name @param {string} role */
  give(place, name, role) {
    const request = { type: 'role', room: place.name, name, role };
    if (role !== 'owner') return void this.app.ask(request);
    this.app.open({ kind: 'deed', title: this.app.t('handOverTo', { name, place: place.name }), verb: 'handOver', field: '', request });
  }

  /** @param {string} room @param {string} name */
  async invite(room, name) {
    if (await this.app.ask({ type: 'invite', room, name })) this.app.toast(this.app.t('isInvited', { name, room }));
  }

  /** @param {Place} place */
  close(place) {
    this.app.open({ kind: 'deed', title: this.app.t('closeWhat', { place: place.name }), about: this.app.t('closeHint'), verb: 'closeRoom', field: 'reason', request: { type: 'close', room: place.name } });
  }

  /** An invitation, into a room or to have an account. @param {string} token */
  async redeem(token) {
    const { app } = this;
    const answer = await app.ask({ type: 'redeem', token });
    if (!answer) return;
    if (answer.room) return void app.openRoom(answer.room);
    if (app.model.account) return app.toast(app.t('inviteUnneeded', { account: app.model.account }));
    app.invite = token;
    app.open({ kind: 'register' });
  }

  // ---- what one is told

  /** @param {WireEvent} event */
  take(event) {
    const { app } = this;
    if (event.type === 'invited') {
      app.toast(app.t('youAreInvited', { name: event.by, room: event.room }), 'info', { label: app.t('joinRoom'), run: () => void app.openRoom(event.room) });
    } else if (event.type === 'report') {
      app.toast(app.t('reportCame', { name: event.by, room: event.room }), 'info', { label: app.t('reports'), run: () => app.open({ kind: 'reports', room: event.room }) });
    } else if (event.type === 'kicked' || event.type === 'closed') {
      app.rememberTab();
      app.signals.tell('composer');
    }
  }
}

/** @param {Place} place */
function where(place) {
  return place.isPrivate ? { with: place.name } : { room: place.name };
}
