#pragma once

namespace hubbub::client::terminal {

/// Stops the process as Ctrl-Z does; returns when it goes on. As the signal does by itself: where no shell
/// with job control would wake one up again, it is nothing (POSIX, "Orphaned Process Group").
void stop_process();

}  // namespace hubbub::client::terminal
