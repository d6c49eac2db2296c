#pragma once

#include <boost/intrusive/list.hpp>

namespace hubbub::chat {

class Session;

/// A session's place in the list of all: in the session itself, which leaves the list when it goes.
using SessionHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
using SessionList = boost::intrusive::list<Session, boost::intrusive::base_hook<SessionHook>,
                                           boost::intrusive::constant_time_size<false>>;

}  // namespace hubbub::chat
