#pragma once

#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <utility>

#include "server/net/admission.hpp"
#include "server/net/handler.hpp"
#include "server/net/input.hpp"
#include "server/net/settings.hpp"
#include "server/net/stream.hpp"
#include "server/net/turn.hpp"
#include "server/net/writer.hpp"

namespace hubbub::net {

/// One peer's stream, its handler, and what passes between them. Bytes that come are offered to the handler
/// (see Input). Bytes that are queued are written once a turn (see Writer). If the peer takes nothing for
/// `stall`, the handler is told to close. Closing writes what is queued, ends the output, and then reads and
/// discards for a short while: closing with unread input would make the kernel discard what the peer has yet
/// to read (RFC 1122, 4.2.2.13).
class Connection : public Deadline,
                   public boost::intrusive_ref_counter<Connection, boost::thread_unsafe_counter> {
 public:
  /// Stream, turn and settings outlive the connection.
  Connection(Stream& stream, Turn& turn, const Settings& settings, AdmittedPeer peer);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection();

  /// From here on the turn owns the connection, until it has broken and the handler has been told.
  void start(std::unique_ptr<Handler> handler);
  /// The end of the daemon: the handler is told and destroyed now, and nothing is called any more.
  void abandon();
  /// The handler's connection goes on over another stream, which is over the present one, and has got all
  /// that was read from there. To be called from on_input. Once.
  void secure(std::unique_ptr<Stream> above) { output_.become(std::move(above)); }
  /// As AdmittedPeer::come_from.
  bool come_from(const Endpoint& endpoint, Admission& admission) {
    return peer_.come_from(endpoint, admission, turn_.now().steady);
  }
  /// See AdmittedPeer.
  void speaks(std::string_view protocol) { peer_.speaks(protocol); }
  /// Another handler takes over, beginning with the bytes that the present one has not used.
  void become(std::unique_ptr<Handler> handler) { input_.become(std::move(handler)); }

  /// Queues bytes; after close(), nothing.
  void write(Slice bytes);
  /// Closes once everything queued has been written. The handler is told with on_closed.
  void close();
  /// Calls the handler's on_drained(), in a later turn, when half of `send_queue_soft` is left at most.
  void when_drained();
  /// As Writer::has_room; false when the connection is being closed.
  bool has_room(std::size_t bytes) const { return is_open() && output_.has_room(bytes); }

  /// Nothing is offered until resume(), which offers what has come in a later turn.
  void pause() { input_.pause(); }
  void resume() { input_.resume(); }
  /// The handler's deadline has moved to earlier, or the settings have changed.
  void deadline_moved();

  Writer& output() { return output_; }
  const AdmittedPeer& peer() const { return peer_; }
  Turn& turn() { return turn_; }
  const Settings& settings() const { return output_.settings(); }

  // Called by the turn: flush() at its end, to write what is queued; on_due() when the time of wake_at has
  // come.
  void flush();
  void on_due();
  // Called by the stream, see there.
  void on_readable(const boost::system::error_code& ec) { input_.on_readable(ec); }
  void on_read(const boost::system::error_code& ec, std::size_t bytes) { input_.on_read(ec, bytes); }
  void on_writable(const boost::system::error_code& ec);
  // Called by the input. After close() what is read comes to on_discarded() instead of the handler.
  Stream& stream() const { return output_.stream(); }
  bool takes_lines() const { return input_.handler().takes_lines(); }
  bool is_open() const { return life_.is_open(); }
  void on_discarded(std::size_t bytes, bool has_failed);
  /// The stream has failed, or all is done.
  void broken(const boost::system::error_code& why = {});

 private:
  void mark();
  void finish();
  bool break_off(const boost::system::error_code& why);
  Time stall_due() const { return output_.stall_due(life_.state()); }
  void on_stalled(Time now);

  Life life_;
  bool marked_ = false;  ///< for a flush at the end of the turn
  Turn& turn_;
  AdmittedPeer peer_;
  Writer output_;
  Input input_;
};

}  // namespace hubbub::net
