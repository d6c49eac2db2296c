#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "protocol/request.hpp"
#include "protocol/secret.hpp"
#include "server/accounts/book.hpp"
#include "server/accounts/password.hpp"
#include "server/chat/answer.hpp"
#include "server/chat/handlers.hpp"

namespace hubbub::chat {

/// The session of the answer bears a name from now on, but is not welcome yet. `token`: the one of a new
/// device; empty: none.
using Entered = std::function<void(Answer& answer, const std::string& token)>;

/// Logs a session in that says hello with a password or a token; a refusal is answered here.
void log_in_with_hello(Answer&& answer, const protocol::request::Hello& asked, Entered entered);

// What the handlers for accounts and those of operators have in common.

protocol::Error not_stored();
/// The name of the account.
protocol::Name name_of(const accounts::Account& account);
/// Whether a secret may be taken or told over this connection; else that is answered.
bool is_private(Answer& answer);
/// Hashes a new password; `made` is called with the hash. A refusal is answered here.
using Hashed = std::function<void(Answer& answer, const accounts::PasswordHash& hash)>;
void hash_password(Answer&& answer, protocol::Secret password, Hashed made);
/// Stores a new device of that account, which is there; `added` is called with its number and its token. A
/// refusal is answered here.
using Added = std::function<void(Answer& answer, std::uint64_t device, std::string token)>;
void add_device(Answer&& answer, std::uint64_t number, const std::optional<std::string>& device, Added added);

/// Tries the password of an account; `right` is called with the account's number. All else is answered here.
using Right = std::function<void(Answer& answer, std::uint64_t account)>;
void try_own_password(Answer&& answer, const accounts::Account& account, const std::string& password,
                      Right right);
/// The record that ends the account.
journal::account::Erased erasure_of(const accounts::Account& account, protocol::Timestamp now);
/// The account of that name; null: that is answered.
const accounts::Account* account_named(Call& call, const std::string& name);
/// As operators are told of it, and its owner.
protocol::event::AccountInfo described(Hub& hub, const accounts::Account& account, bool with_devices);

}  // namespace hubbub::chat
