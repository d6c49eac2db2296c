#pragma once

#include <string>

namespace hubbub::tools {

/// Throws the sentence for a file that cannot be written because of `error` (errno).
[[noreturn]] void refuse_to_write(const std::string& file, int error);

/// Whatever was written to that file or directory is on the disk when it returns. Throws a sentence.
void sync(const std::string& path);
/// The same for the directory that the file is in: its name lasts.
void sync_directory_of(const std::string& file);

}  // namespace hubbub::tools
