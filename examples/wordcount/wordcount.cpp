// Counts the words of a text file: `wordcount FILE [TOP [ROUNDS]]` prints how long the text is, how many words it has,
// and the TOP most frequent ones. ROUNDS repeats the work, for a profile with more to see.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

// Keeps each step a function: inlined into main, as the compiler likes to, they would be one line of the profile.
#define STEP [[gnu::noinline]]

struct WordCount {
  std::string text;
  std::vector<std::string> words;
  std::unordered_map<std::string, int> counts;
  std::vector<std::pair<std::string, int>> ranking;

  STEP bool read(const char *path);
  STEP void split();
  STEP void count();
  STEP void rank();
  STEP const std::string &longest() const;
  STEP void print(std::size_t top) const;
};

bool WordCount::read(const char *path) {
  std::FILE *file = std::fopen(path, "rb");
  if (file == nullptr) return false;
  char buffer[4096];
  while (std::size_t length = std::fread(buffer, 1, sizeof buffer, file)) text.append(buffer, length);
  std::fclose(file);
  return true;
}

static bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)); }

// A word is a run of letters; capitals count as small ones.
void WordCount::split() {
  words.clear();
  std::string word;
  for (char c : text) {
    if (is_letter(c)) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      words.push_back(word);
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(word);
}

void WordCount::count() {
  counts.clear();
  for (const std::string &word : words) counts[word]++;
}

// The most frequent first; equally frequent ones in the order of the alphabet.
void WordCount::rank() {
  ranking.assign(counts.begin(), counts.end());
  std::sort(ranking.begin(), ranking.end(), [](const auto &a, const auto &b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
}

const std::string &WordCount::longest() const {
  return std::max_element(ranking.begin(), ranking.end(), [](const auto &a, const auto &b) {
           return a.first.size() < b.first.size();
         })->first;
}

void WordCount::print(std::size_t top) const {
  const int lines = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  std::printf("%zu bytes, %d lines, %zu words, %zu different\n", text.size(), lines, words.size(), ranking.size());
  if (ranking.empty()) return;
  std::printf("longest word: %s\n\n", longest().c_str());
  for (std::size_t i = 0; i < std::min(top, ranking.size()); i++) {
    const auto &[word, times] = ranking[i];
    const std::string bar(static_cast<std::size_t>(times * 40 / ranking.front().second), '#');
    std::printf("%6d  %-14s %s\n", times, word.c_str(), bar.c_str());
  }
}

int main(int argc, char **argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: wordcount FILE [TOP [ROUNDS]]\n");
    return 2;
  }
  const int top = argc > 2 ? std::atoi(argv[2]) : 10;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 1;
  WordCount wordcount;
  if (!wordcount.read(argv[1])) {
    std::perror(argv[1]);
    return 1;
  }
  for (int round = 0; round < rounds; round++) {
    wordcount.split();
    wordcount.count();
    wordcount.rank();
  }
  wordcount.print(static_cast<std::size_t>(top));
}
