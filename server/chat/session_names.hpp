#pragma once

#include <boost/intrusive/set.hpp>
#include <string_view>

namespace hubbub::chat {

class Session;

/// A session's place in the order of names: 24 bytes in the session itself, which leaves the order when it
/// goes.
using NameHook = boost::intrusive::set_base_hook<boost::intrusive::tag<struct ByName>,
                                                 boost::intrusive::link_mode<boost::intrusive::auto_unlink>,
                                                 boost::intrusive::optimize_size<true>>;

/// What a session's name is compared by.
struct NameKey {
  using type = std::string_view;  // NOLINT(readability-identifier-naming): Boost.Intrusive asks for it
  std::string_view operator()(const Session& session) const;
};

/// Sessions by the keys of their names. A name may not change while its session is in here.
using SessionNames = boost::intrusive::set<Session, boost::intrusive::base_hook<NameHook>,
                                           boost::intrusive::key_of_value<NameKey>,
                                           boost::intrusive::constant_time_size<false>>;

}  // namespace hubbub::chat
