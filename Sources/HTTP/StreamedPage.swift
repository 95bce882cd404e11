internal import FoundationEssentials

/// An answer that is an object with a list in it, whose entries ``HTTPClient/json(as:refusal:build:)`` decodes one by one
/// while the answer arrives.
///
/// The pages that are asked for are small, some 110 KiB for 500 users, and take 1 MiB either way. How large a page of a
/// delta gets is the service's choice, though, and a member list or a sandbox may put everything into one: 100,000 users in
/// one answer take 68 MiB when it is held whole and decoded, and no more than their entries when it is read as it comes
/// (`make bench`).
public protocol StreamedPage: Decodable, Sendable {
    /// One entry of the list.
    associatedtype Entry: Decodable & Sendable
    /// The key of the list; plain ASCII.
    static var listKey: String { get }
    /// Puts entries before those that it has. It was decoded from an answer whose list is empty.
    mutating func prepend(_ entries: [Entry])
}

/// Reads an answer as it arrives.
protocol StreamedAnswer: BodyReader {
    /// What was read, once the answer is whole.
    func value() throws -> any Sendable
    /// What is wrong with the shape of an answer that `value` could not read; nil where it is no JSON.
    func problem(_ error: any Error) -> String?
}

extension StreamedPage {
    static func reader() -> any StreamedAnswer { PageReader<Self>() }
}

private final class PageReader<Page: StreamedPage>: StreamedAnswer {
    private let entries = JSONListReader<Page.Entry>(list: Page.listKey) {
        try JSONDecoder().decode(Page.Entry.self, from: Data($0))
    }

    func begin() { entries.begin() }

    func take(_ bytes: [UInt8]) { entries.take(bytes) }

    func value() throws -> any Sendable {
        let reading = entries.reading
        if let failure = reading.failure { throw failure.error }
        var page = try JSONDecoder().decode(Page.self, from: Data(reading.rest))
        page.prepend(reading.elements)
        return page
    }

    func problem(_ error: any Error) -> String? {
        if case JSONListScanner.Fault.listedTwice = error { return "the answer holds its list twice" }
        let place = entries.reading.failure.map { "\(Page.listKey)[\($0.index)]" }
        return shapeProblem(error, within: place ?? "")
    }
}
