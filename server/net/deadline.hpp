#pragma once

#include <boost/intrusive/set.hpp>

#include "server/net/handler.hpp"

namespace hubbub::net {

/// A place in the order of what is due: 32 bytes in the object itself, and no timer of its own. It leaves
/// the order when it is destroyed.
struct Deadline : boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>,
                                                  boost::intrusive::optimize_size<true>> {
  Time due = never;

  friend bool operator<(const Deadline& a, const Deadline& b) { return a.due < b.due; }
};

/// Deadlines, the earliest first.
using Deadlines = boost::intrusive::multiset<Deadline, boost::intrusive::constant_time_size<false>>;

}  // namespace hubbub::net
