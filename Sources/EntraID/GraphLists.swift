internal import HTTP
internal import Model

/// One page of a list or of a delta.
struct GraphPage<Item: Decodable & Sendable>: StreamedPage {
    static var listKey: String { "value" }

    var value: [Item]
    var nextLink: String?
    var deltaLink: String?

    private enum Keys: String, CodingKey {
        case value, error
        case nextLink = "@odata.nextLink"
        case deltaLink = "@odata.deltaLink"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        if container.contains(.error) { throw MalformedAnswer("the answer holds an error") }
        value = try container.decode([Item].self, forKey: .value)
        nextLink = try container.decodeIfPresent(String.self, forKey: .nextLink)
        deltaLink = try container.decodeIfPresent(String.self, forKey: .deltaLink)
        if nextLink != nil, deltaLink != nil { throw MalformedAnswer("the page has both a next and a delta link") }
    }

    mutating func prepend(_ entries: [Item]) { value = entries + value }
}

/// A list as far as it came, and why it is not whole.
struct ListReading<Item: Sendable>: Sendable {
    /// The entries, in the order listed.
    var items: [Item]
    /// Nil when the list is whole.
    var failure: CallFailure?
}

extension GraphAPI {
    /// The largest page of users, groups and members.
    static let pageSize = "999"

    /// Reads a list whole, page after page; it is begun anew once where a page's token has expired.
    ///
    /// - Parameter first: the first page, where it was read already.
    func list<Item: Listed>(
        _ name: CallName,
        _ url: String,
        first: GraphPage<Item>? = nil
    ) async -> ListReading<Item> {
        let reading: ListReading<Item> = await pass(name, url, first)
        guard let failure = reading.failure, failure.saysPageExpired else { return reading }
        return await pass(name, url, nil)
    }

    private func pass<Item: Listed>(
        _ name: CallName,
        _ url: String,
        _ first: GraphPage<Item>?
    ) async -> ListReading<Item> {
        var reading = ListReading<Item>(items: [], failure: nil)
        var seen: Set<String> = []
        do throws(CallFailure) {
            _ = try await walk(name, url, first: first) { (page: GraphPage<Item>) throws(CallFailure) in
                for item in page.value {
                    guard seen.insert(item.id).inserted else {
                        throw CallFailure(name.error(.malformed, message: "an entry is listed twice"))
                    }
                    reading.items.append(item)
                }
            }
        } catch {
            reading.failure = error
        }
        return reading
    }

    /// Walks from page to page by the links given, each of which must lead to Graph.
    ///
    /// - Returns: the delta link of the last page, where it has one.
    func walk<Item>(
        _ name: CallName,
        _ url: String,
        headers: [HTTPField] = [],
        first: GraphPage<Item>? = nil,
        take: (GraphPage<Item>) throws(CallFailure) -> Void
    ) async throws(CallFailure) -> String? {
        var walk = PageWalk()
        var page: GraphPage<Item>
        if let first { page = first } else { page = try await get(name, url, headers: headers) }
        while true {
            for link in [page.nextLink, page.deltaLink] {
                guard let link, !isOwn(link) else { continue }
                throw CallFailure(name.error(.malformed, message: "a link of the page leads away from Graph"))
            }
            try take(page)
            switch walk.advance(token: page.nextLink) {
            case .done: return page.deltaLink
            case .broken(let fault): throw CallFailure(name.error(.malformed, message: fault.message))
            case .next(let link): page = try await get(name, link, headers: headers)
            }
        }
    }
}
