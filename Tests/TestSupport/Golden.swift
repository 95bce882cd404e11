internal import Foundation
public import Testing

/// Files in the folder `Golden` beside a test, which outputs are compared with, byte for byte.
///
/// `make golden` writes them anew, and fails, so that nobody takes a recording for a passing test.
public enum Golden {
    /// Expects an output to be a file's text.
    ///
    /// - Parameters:
    ///   - found: the output.
    ///   - name: the file's name.
    ///   - test: the test's own file.
    ///   - location: where a difference is shown.
    public static func expect(
        _ found: String,
        equals name: String,
        _ test: String = #filePath,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let file = URL(fileURLWithPath: test).deletingLastPathComponent().appendingPathComponent("Golden/\(name)")
        if ProcessInfo.processInfo.environment["IDBRIDGE_RECORD"] == "1" {
            do {
                try Data(found.utf8).write(to: file)
                Issue.record(
                    "recorded \(name); look at the difference, then run without IDBRIDGE_RECORD",
                    sourceLocation: location
                )
            } catch {
                Issue.record("could not record \(name): \(error)", sourceLocation: location)
            }
            return
        }
        guard let data = try? Data(contentsOf: file) else {
            Issue.record("no golden file \(name); make it with IDBRIDGE_RECORD=1", sourceLocation: location)
            return
        }
        let wanted = String(decoding: data, as: UTF8.self)
        guard Array(found.utf8) != Array(wanted.utf8) else { return }
        Issue.record("\(name) differs: \(firstDifference(found, wanted))", sourceLocation: location)
    }

    private static func firstDifference(_ found: String, _ wanted: String) -> String {
        let found = found.split(separator: "\n", omittingEmptySubsequences: false)
        let wanted = wanted.split(separator: "\n", omittingEmptySubsequences: false)
        for index in 0..<max(found.count, wanted.count) {
            let left = index < found.count ? String(found[index]) : "(nothing)"
            let right = index < wanted.count ? String(wanted[index]) : "(nothing)"
            if left != right { return "line \(index + 1)\n  found:  \(left)\n  wanted: \(right)" }
        }
        return "only in its bytes"
    }
}
