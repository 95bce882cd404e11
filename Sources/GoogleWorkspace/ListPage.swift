internal import HTTP

/// One page of a list of the Directory API.
struct ListPage<Item: ListedResource>: StreamedPage {
    static var listKey: String { Item.listKey }

    /// The entries; empty where the page has no such key, which is how Google says that there are none.
    var items: [Item]
    /// The token of the next page.
    var nextPageToken: String?
    /// The page's `kind`, where it has one.
    var kind: String?

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if container.contains(Key(stringValue: "error")) { throw MalformedAnswer("the answer holds an error") }
        kind = try container.decodeIfPresent(String.self, forKey: Key(stringValue: "kind"))
        if let kind, kind != Item.pageKind { throw MalformedAnswer("the answer is not of the kind \(Item.pageKind)") }
        let list = Key(stringValue: Item.listKey)
        items = container.contains(list) ? try container.decode([Item].self, forKey: list) : []
        let token = try container.decodeIfPresent(String.self, forKey: Key(stringValue: "nextPageToken"))
        nextPageToken = token.flatMap { $0.isEmpty ? nil : $0 }
    }

    mutating func prepend(_ entries: [Item]) { items = entries + items }

    /// A page as a value.
    init(items: [Item], nextPageToken: String? = nil, kind: String? = nil) {
        self.items = items
        self.nextPageToken = nextPageToken
        self.kind = kind
    }
}
