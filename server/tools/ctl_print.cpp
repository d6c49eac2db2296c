#include "server/tools/ctl_print.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/sentences.hpp"
#include "protocol/text.hpp"
#include "protocol/timestamp.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::tools {
namespace {

using protocol::for_terminal;
using protocol::Timestamp;
namespace event = protocol::event;

/// "2026-11-28 13:44 UTC"
std::string minute(Timestamp time) {
  auto text = protocol::to_string(time).substr(0, 16);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text + " UTC";
}

/// How wide it is on a terminal, as far as that can be known without asking it.
std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (; !text.empty(); text.remove_prefix(protocol::front_code_point(text).bytes)) {
    columns += static_cast<std::size_t>(
        utf8proc_charwidth(static_cast<utf8proc_int32_t>(protocol::front_code_point(text).value)));
  }
  return columns;
}

using Cells = std::vector<std::string>;

/// Lines whose columns stand below each other.
std::string table(const std::vector<Cells>& rows) {
  if (rows.empty()) return "none\n";
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] + 2 - columns_of(row[i]), ' ');
    }
    text += '\n';
  }
  return text;
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : for_terminal(text); }

std::string suspension(const event::AccountInfo& account) {
  if (!account.suspended) return {};
  std::string text = "suspended";
  if (account.until) text += " until " + minute(*account.until);
  if (!account.reason.empty()) text += ": " + for_terminal(account.reason);
  return text;
}

std::string until(const std::optional<Timestamp>& time) {
  return time ? "until " + minute(*time) : "for ever";
}

Cells cells(const event::Ban& ban) {
  Cells row{ban.id == 0 ? "-" : std::to_string(ban.id), for_terminal(ban.action), for_terminal(ban.mask),
            until(ban.until), "by " + or_dash(ban.by)};
  if (!ban.reason.empty()) row.push_back(for_terminal(ban.reason));
  return row;
}

class ForOperators final : public protocol::Wording {
 public:
  std::string name(std::string_view person) const override { return for_terminal(person); }
  std::string text(std::string_view written) const override { return for_terminal(written); }
  std::string at_length(std::string_view written) const override { return for_terminal(written, "\n  "); }
  std::string moment(Timestamp time) const override { return minute(time); }
  std::string time_of_day(Timestamp time) const override { return minute(time); }
};

/// In the words of the other front ends.
std::string said(const auto& told) {
  const ForOperators wording;
  protocol::Sentences sentences(wording);
  sentences.name_rooms();
  std::string text;
  for (const auto& line : sentences(told)) text += line + '\n';
  return text;
}

struct Printer {
  std::string operator()(const event::Status& status) const {
    std::vector<Cells> rows{
        {"server", for_terminal(status.server)},
        {"version", for_terminal(status.version)},
        {"since", minute(status.since)},
        {"connections", std::to_string(status.connections)},
        {"sessions", std::to_string(status.sessions)},
        {"rooms", std::to_string(status.rooms)},
        {"accounts", std::to_string(status.accounts)},
        {"registration", for_terminal(status.registration)},
        {"guests", for_terminal(status.guests)},
        {"engine", for_terminal(status.engine)},
        {"state_dir", or_dash(status.state_dir)},
        {"log", for_terminal(status.log)},
    };
    if (!status.cluster.empty()) {
      rows.push_back({"cluster", for_terminal(status.cluster)});
      rows.push_back({"nodes", std::to_string(status.nodes.size())});
      rows.push_back({"position", std::to_string(status.position)});
      rows.push_back({"lag", std::to_string(status.lag)});
    }
    if (!status.trouble.empty()) rows.push_back({"trouble", for_terminal(status.trouble)});
    return table(rows);
  }
  std::string operator()(const event::Accounts& page) const {
    std::vector<Cells> rows;
    for (const auto& each : page.accounts) {
      rows.push_back({for_terminal(each.name), or_dash(each.role), minute(each.created),
                      protocol::counted(each.tokens, "token"), each.sessions > 0 ? "here" : "away",
                      suspension(each)});
      if (rows.back().back().empty()) rows.back().pop_back();
    }
    return table(rows);
  }
  std::string operator()(const event::Account& shown) const {
    const auto& account = shown.account;
    std::vector<Cells> rows{{"account", for_terminal(account.name)},
                            {"role", or_dash(account.role)},
                            {"created", minute(account.created)},
                            {"sessions", std::to_string(account.sessions)}};
    if (account.suspended) rows.push_back({"state", suspension(account)});
    for (const auto& each : account.devices) {
      rows.push_back({"token " + std::to_string(each.id),
                      or_dash(each.label) + ", since " + minute(each.created) + ", used " +
                          minute(each.used) +
                          (each.scopes.empty() ? "" : ", for " + for_terminal(each.scopes))});
    }
    return table(rows);
  }
  std::string operator()(const event::Token& token) const { return for_terminal(token.token) + '\n'; }
  std::string operator()(const event::Invite& invite) const { return for_terminal(invite.token) + '\n'; }
  std::string operator()(const event::Invites& list) const {
    std::vector<Cells> rows;
    for (const auto& each : list.invites) {
      rows.push_back({std::to_string(each.id), protocol::counted(each.uses, "use"), until(each.until),
                      "by " + (each.by.empty() ? "an operator" : for_terminal(each.by))});
    }
    return table(rows);
  }
  std::string operator()(const event::Sessions& page) const {
    std::vector<Cells> rows;
    for (const auto& each : page.sessions) {
      std::string rooms;
      for (const auto& room : each.rooms) rooms += (rooms.empty() ? "" : ", ") + for_terminal(room);
      rows.push_back({"#" + std::to_string(each.session), or_dash(each.name),
                      each.account.empty() ? "guest" : for_terminal(each.account), for_terminal(each.peer),
                      rooms});
    }
    return table(rows);
  }
  std::string operator()(const event::Done& /*done*/) const { return "done\n"; }
  std::string operator()(const event::Rooms& page) const {
    std::vector<Cells> rows;
    for (const auto& each : page.rooms)
      rows.push_back({for_terminal(each.room), std::to_string(each.count), for_terminal(each.topic)});
    return table(rows);
  }
  std::string operator()(const event::Bans& page) const {
    std::vector<Cells> rows;
    for (const auto& each : page.bans) rows.push_back(cells(each));
    return table(rows);
  }
  std::string operator()(const event::Banned& banned) const {
    auto row = cells(banned.ban);
    std::string about;
    for (const auto& name : banned.matches) about += (about.empty() ? "" : ", ") + for_terminal(name);
    row.push_back(about.empty() ? "nobody who is here" : about);
    return table({row});
  }
  std::string operator()(const event::Reports& page) const {
    std::vector<Cells> rows;
    for (const auto& each : page.reports) {
      rows.push_back({std::to_string(each.id), for_terminal(each.room), std::to_string(each.seq),
                      "of " + or_dash(each.of), "by " + for_terminal(each.by), for_terminal(each.text)});
    }
    return table(rows);
  }
  std::string operator()(const event::Webhook& made) const {
    return for_terminal(made.url.empty() ? "/hooks/" + made.token : made.url) + '\n';
  }
  std::string operator()(const event::Webhooks& list) const {
    std::vector<Cells> rows;
    for (const auto& each : list.webhooks) {
      rows.push_back({std::to_string(each.id), for_terminal(each.room), for_terminal(each.name),
                      "by " + or_dash(each.by), minute(each.created)});
    }
    return table(rows);
  }
  std::string operator()(const event::Audit& page) const {
    std::vector<Cells> rows;
    for (const auto& each : page.entries) {
      rows.push_back({minute(each.time), or_dash(each.room), or_dash(each.by), for_terminal(each.front),
                      for_terminal(each.action), or_dash(each.whom), for_terminal(each.before),
                      for_terminal(each.after)});
    }
    return table(rows);
  }
  std::string operator()(const event::Room& room) const { return said(room); }
  std::string operator()(const event::Unbanned& unbanned) const { return said(unbanned); }
  std::string operator()(const event::Closed& closed) const { return said(closed); }
  std::string operator()(const event::Lockdown& lockdown) const { return said(lockdown); }
  std::string operator()(const event::Announcement& /*told*/) const { return "told to all\n"; }
  std::string operator()(const auto& /*other*/) const { return "the daemon has answered something else\n"; }
};

}  // namespace

std::string ctl_text(const protocol::Event& answer) { return std::visit(Printer{}, answer.body); }

std::string nodes_text(const protocol::Event& answer) {
  const auto* const status = std::get_if<event::Status>(&answer.body);
  if (status == nullptr) return ctl_text(answer);
  if (status->cluster.empty()) return "this server is alone: there is no [cluster] in its configuration\n";
  std::vector<Cells> rows;
  for (const auto& node : status->nodes) {
    const auto heard = node.heard ? "wrote at " + std::to_string(node.position) + ", " + minute(*node.heard)
                                  : std::string("has not written yet");
    const auto here =
        "at " + std::to_string(status->position) + ", " + std::to_string(status->lag) + " behind";
    rows.push_back(
        {for_terminal(node.node), "epoch " + std::to_string(node.epoch), node.here ? here : heard});
  }
  if (rows.empty()) return "no node is in the cluster " + for_terminal(status->cluster) + " now\n";
  return table(rows);
}

}  // namespace hubbub::tools
