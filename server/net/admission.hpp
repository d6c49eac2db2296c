#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "server/net/settings.hpp"

namespace hubbub::net {

/// Counts connections, in all and per address, and turns away those that are too many.
class Admission {
  struct Counts;

 public:
  /// One admitted connection; the place is free again when this goes.
  class Pass {
   public:
    Pass(std::shared_ptr<Counts> counts, const std::string& address);
    Pass(Pass&&) noexcept = default;
    Pass& operator=(Pass&&) = delete;
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass();

   private:
    std::shared_ptr<Counts> counts_;
    std::pair<const std::string, std::size_t>* address_ = nullptr;  ///< its count; null: none
  };

  explicit Admission(const Settings& settings);

  /// `address`: what counts as one peer, see address_key; empty for those that are not counted so.
  std::optional<Pass> admit(const std::string& address);
  /// Why it was not admitted, as a clause that tells what to do.
  std::string_view refusal(const std::string& address) const;
  std::size_t connections() const;

 private:
  struct Counts {
    std::size_t all = 0;
    std::unordered_map<std::string, std::size_t> by_address;
  };

  bool is_full() const;

  const Settings& settings_;
  std::shared_ptr<Counts> counts_;
};

}  // namespace hubbub::net
