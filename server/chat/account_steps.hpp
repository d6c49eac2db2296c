#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "protocol/secret.hpp"
#include "server/accounts/book.hpp"
#include "server/accounts/password.hpp"
#include "server/chat/answer.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/logins.hpp"

namespace hubbub::chat {

// Steps that handlers about accounts take: those of the people themselves, those of operators, and what
// exports and erases. Each that may refuse answers the refusal itself.

protocol::Error not_stored();
/// There is no such account, or that is not its password: nobody is told which.
protocol::Error wrong();
/// One more password, token or invitation that was wrong: the third closes the connection.
void fail_login(Answer& answer, const protocol::Error& why);
/// The name of the account.
protocol::Name name_of(const accounts::Account& account);
/// The account of that name; null: that is answered.
const accounts::Account* account_named(Call& call, const std::string& name);
/// Whether a secret may be taken or told over this connection; else that is answered.
bool is_private(Answer& answer);

using Proof = Logins::Proof;
/// Tries the password of the account of that name, whether there is one or not: the same takes as long, and
/// is answered in the same words. `right` is called with the number of the account, and with what tells
/// whether the password still is the account's.
using Right = std::function<void(Answer& answer, std::uint64_t account, const Proof& proof)>;
void try_password(Answer&& answer, const protocol::Name& name, const std::string& password, Right right);
/// Hashes a new password; `made` is called with the hash.
using Hashed = std::function<void(Answer& answer, const accounts::PasswordHash& hash)>;
void hash_password(Answer&& answer, protocol::Secret password, Hashed made);

/// What is kept of the label that a device has been given.
std::string label(const std::optional<std::string>& device);
/// Stores a new device of that account, which is there, and whose token allows that; `added` is called with
/// its number and its token.
using Added = std::function<void(Answer& answer, std::uint64_t device, std::string token)>;
void add_device(Answer&& answer, std::uint64_t number, const std::optional<std::string>& device, Added added,
                const std::optional<Proof>& by, accounts::Scopes scopes = {});

/// Nobody is logged in with that token from then on. `done` is told whether that is stored, and so it is
/// where there was no such token; not, if the daemon ends before.
void forget_device(Hub& hub, std::string_view token, const std::function<void(bool is_stored)>& done);

/// For how long a name that an account gives up now is nobody else's: nobody is to be taken for somebody who
/// has just had it.
protocol::Timestamp reserved_until(protocol::Timestamp now);
/// The record that ends the account.
journal::account::Erased erasure_of(const accounts::Account& account, protocol::Timestamp now);

/// Stores what an operator does, and notes it in the log and in the audit; `then` is called with the number
/// of the last record. `what`: the deed, `about`: whom or what.
void store_for_office(Answer&& answer, std::vector<journal::account::Any> bodies, std::string_view what,
                      std::string about, std::function<void(Answer& answer, std::uint64_t number)> then);

// As operators are told of it, and its owner.
protocol::event::DeviceInfo described(const accounts::Device& device);
protocol::event::AccountInfo described(Hub& hub, const accounts::Account& account, bool with_devices);

}  // namespace hubbub::chat
