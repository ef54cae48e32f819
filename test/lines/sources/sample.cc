// What a C++ compiler says about lines: templates, members defined elsewhere, lambdas, the library inlined.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace shapes {

class Shape {
 public:
  virtual ~Shape() = default;
  virtual double area() const = 0;
  static int made;
};
int Shape::made = 0;

class Circle final : public Shape {
 public:
  explicit Circle(double radius);
  double area() const override;

 private:
  double radius_;
};

template <typename T>
class Box : public Shape {
 public:
  Box(T width, T height) : width_(width), height_(height) { made++; }
  double area() const override { return double(width_) * double(height_); }

 private:
  T width_, height_;
};

Circle::Circle(double radius) : radius_(radius) { made++; }
double Circle::area() const { return 3.14159 * radius_ * radius_; }

namespace {
template <typename Items, typename Of>
inline double total(const Items &items, Of of) {
  double sum = 0;
  for (const auto &item : items) sum += of(*item);
  return sum;
}
}  // namespace

}  // namespace shapes

static std::string name_of(int n) { return "shape " + std::to_string(n); }

int main() {
  using namespace shapes;
  std::vector<std::unique_ptr<Shape>> all;
  for (int i = 1; i < 20; i++) {
    if (i % 3 == 0) {
      all.push_back(std::make_unique<Circle>(i));
    } else if (i % 3 == 1) {
      all.push_back(std::make_unique<Box<int>>(i, i + 1));
    } else {
      all.push_back(std::make_unique<Box<float>>(i, 0.5f));
    }
  }
  std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a->area() < b->area(); });
  std::map<std::string, double> areas;
  int n = 0;
  for (const auto &shape : all) areas[name_of(n++)] = shape->area();
  double sum = total(all, [](const Shape &shape) { return shape.area(); });
  std::printf("%d %zu %.2f\n", Shape::made, areas.size(), sum);
  return 0;
}
