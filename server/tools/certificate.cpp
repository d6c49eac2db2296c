#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "protocol/system.hpp"
#include "server/tools/files.hpp"
#include "server/tools/self_signed.hpp"
#include "server/tools/tools.hpp"

namespace hubbub::tools {
namespace {

/// Makes a new file; one that is there stays as it is.
void write_new(const std::string& file, const std::string& text, mode_t mode) {
  const int made = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (made < 0) refuse_to_write(file, errno);
  const int error = protocol::write_all(made, text);
  close(made);
  if (error == 0) return;
  unlink(file.c_str());
  refuse_to_write(file, error);
}

}  // namespace

int certificate(const std::string& host) {
  const auto made = make_self_signed(host);
  if (!made) throw std::runtime_error('"' + host + "\": " + made.error().text);
  std::string stem = host;
  std::replace(stem.begin(), stem.end(), '*', '_');
  const auto here = std::filesystem::current_path();
  const auto certificate_file = (here / (stem + ".crt")).string();
  const auto key_file = (here / (stem + ".key")).string();
  write_new(key_file, made->key, S_IRUSR | S_IWUSR);
  try {
    write_new(certificate_file, made->certificate, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
  } catch (...) {
    unlink(key_file.c_str());  // a key without its certificate would be in the way of the next try
    throw;
  }
  std::printf(
      "A certificate that nobody has vouched for: good for a first try, and among people who compare its "
      "fingerprint.\n\nfingerprint (SHA-256): %s\n\nFor the configuration:\n\n[[tls]]\ncertificate = "
      "\"%s\"\nkey "
      "= \"%s\"\n",
      made->fingerprint.c_str(), certificate_file.c_str(), key_file.c_str());
  return 0;
}

}  // namespace hubbub::tools
