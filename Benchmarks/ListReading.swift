import Foundation
import HTTP
import HTTPServer

/// What reading 100,000 users takes in memory: answers held whole and then decoded, beside lists read as they arrive.
///
/// The users themselves are not kept, so that the figures are of the reading alone.
struct ListReading {
    private struct User: Decodable {
        struct Name: Decodable { var fullName: String }
        var id: String
        var primaryEmail: String
        var name: Name
        var suspended: Bool
    }

    private struct Page: Decodable { var users: [User] }

    private let transport = CurlTransport(configuration: TransportConfiguration(environment: [:]))

    private static func answer(_ numbers: Range<Int>) -> [UInt8] {
        let users = numbers.map {
            #"{"id":"10\#(1_000_000 + $0)","primaryEmail":"person-\#($0)@example.com","aliases":["p\#($0)@example.com"],"#
                + #""name":{"givenName":"Given","familyName":"Family \#($0)","fullName":"Given Family \#($0)"},"#
                + #""suspended":false,"archived":false,"isGuestUser":false}"#
        }
        return Array((#"{"kind":"admin#directory#users","users":["# + users.joined(separator: ",") + "]}").utf8)
    }

    func run(users: Int) async throws {
        for pageSize in [min(500, users), users] {
            let page = ListReading.answer(0..<pageSize)
            let server = try HTTPServer { _ in ServerResponse(body: page) }
            let request = HTTPRequest(url: server.baseURL)
            _ = try await transport.send(request)
            let pages = users / pageSize
            var counts = (asTheyCome: 0, whole: 0)
            let asTheyCome = try await measured {
                for _ in 0..<pages { counts.asTheyCome += try await readAsItComes(request) }
            }
            let whole = try await measured {
                for _ in 0..<pages { counts.whole += try await readWhole(request) }
            }
            guard counts == (users, users) else { fatalError("read \(counts) of \(users) users") }
            print(
                "reading \(users) users in answers of \(pageSize) (\(page.count / 1024) KiB): as they come "
                    + "\(asTheyCome), held whole \(whole)"
            )
        }
    }

    private func readAsItComes(_ request: HTTPRequest) async throws -> Int {
        let reader = JSONListReader<Bool>(list: "users") {
            try JSONDecoder().decode(User.self, from: Data($0)).suspended
        }
        _ = try await transport.send(request, into: reader)
        return reader.reading.elements.count
    }

    private func readWhole(_ request: HTTPRequest) async throws -> Int {
        let response = try await transport.send(request)
        return try JSONDecoder().decode(Page.self, from: Data(response.body)).users.count
    }

    /// The growth of the peak memory while something runs, and how long it takes.
    private func measured(_ work: () async throws -> Void) async rethrows -> String {
        // Sets the peak back to what is in use: proc(5), clear_refs.
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        let before = memory("VmRSS:")
        let start = ContinuousClock.now
        try await work()
        let time = start.duration(to: .now).components
        let seconds = Double(time.seconds) + Double(time.attoseconds) / 1e18
        let peak = Double(max(0, memory("VmHWM:") - before)) / 1024
        return String(format: "%.1f MiB in %.2f s", peak, seconds)
    }
}

/// A figure of the process's memory in KiB: proc(5), status.
func memory(_ field: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(field) } ?? ""
    return line.split(separator: " ").flatMap { $0.split(separator: "\t") }.compactMap { Int($0) }.first ?? 0
}
