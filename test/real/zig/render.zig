//! Formats Zig sources with the standard library's own parser and renderer: `render FILE...`.
const std = @import("std");

pub fn main() !void {
    var arena = std.heap.ArenaAllocator.init(std.heap.page_allocator);
    defer arena.deinit();
    const gpa = arena.allocator();
    const args = try std.process.argsAlloc(gpa);
    const out = std.io.getStdOut().writer();
    for (args[1..]) |path| {
        const source = try std.fs.cwd().readFileAllocOptions(gpa, path, 1 << 24, null, 1, 0);
        const tree = try std.zig.Ast.parse(gpa, source, .zig);
        const text = try tree.render(gpa);
        const digest = std.hash.XxHash64.hash(0, text);
        try out.print("{s}: {d} nodes, {d} errors, {d} bytes, {x}\n", .{ path, tree.nodes.len, tree.errors.len, text.len, digest });
    }
}
