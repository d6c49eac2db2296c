#pragma once

#include <string>

namespace hubbub::tools {

/// Throws the sentence for a file that cannot be written because of `error` (errno).
[[noreturn]] void refuse_to_write(const std::string& file, int error);

/// Syncs that file or directory to the disk. Throws a sentence.
void sync(const std::string& path);
/// Syncs the directory that the file is in, so that the file's name lasts.
void sync_directory_of(const std::string& file);

}  // namespace hubbub::tools
