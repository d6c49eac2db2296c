#include "test/load/background.hpp"

#include "test/load/handshakes.hpp"
#include "test/load/scrapes.hpp"

namespace hubbub::load {

Backgrounds::Backgrounds(const Options& options) {
  if (options.handshakes > 0) handshakes = std::make_unique<Handshakes>(options.port, options.handshakes);
  if (options.scrapes > 0) scrapes = std::make_unique<Scrapes>(options.port, options.scrapes);
}

void Backgrounds::turn(Background::Time now, bool quiet) const {
  if (handshakes) handshakes->turn(now, quiet);
  if (scrapes) scrapes->turn(now, quiet);
}

}  // namespace hubbub::load
