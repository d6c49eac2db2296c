#pragma once

#include <boost/intrusive/set.hpp>
#include <string_view>

#include "server/chat/person.hpp"

namespace hubbub::chat {

/// What a person is compared by.
struct NameKey {
  using type = std::string_view;  // NOLINT(readability-identifier-naming): Boost.Intrusive asks for it
  std::string_view operator()(const Person& person) const { return person.name().key; }
};

/// People by the keys of their names. A name may not change while its person is in here.
using Names = boost::intrusive::set<Person, boost::intrusive::base_hook<NameHook>,
                                    boost::intrusive::key_of_value<NameKey>,
                                    boost::intrusive::constant_time_size<false>>;

}  // namespace hubbub::chat
