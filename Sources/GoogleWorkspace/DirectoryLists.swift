internal import Model

/// A list as far as it came, and why it is not whole.
struct ListReading<Item: ListedResource>: Sendable {
    /// The entries, in the order listed.
    var items: [Item]
    /// Nil when the list is whole.
    var failure: CallFailure?
}

extension DirectoryAPI {
    /// Reads a list whole, page after page.
    ///
    /// The list is begun anew once where a page token has expired, and once with pages one entry smaller where the last
    /// page is promised and empty.
    ///
    /// - Parameter call: the call of the first page, without `maxResults`.
    func list<Item: ListedResource>(
        _ call: DirectoryCall,
        fields: String,
        pageSize: Int
    ) async -> ListReading<Item> {
        var call = call
        call.query["fields"] = "kind,nextPageToken,\(Item.listKey)(\(fields))"
        var size = pageSize
        var mayBeginAnew = true
        var before = 0
        while true {
            call.query["maxResults"] = String(size)
            let (reading, ending): (ListReading<Item>, PassEnding) = await pass(call)
            switch ending {
            case .done where reading.failure == nil && reading.items.count < before:
                return broken(call, reading.items, "a first reading of it had \(before) entries, a second one fewer")
            case .done: return reading
            case .tokenExpired:
                guard mayBeginAnew else { return reading }
                mayBeginAnew = false
            case .emptyEnd:
                guard size == pageSize, pageSize > 1 else { return reading }
                before = reading.items.count
                size -= 1
            }
        }
    }

    private enum PassEnding { case done, tokenExpired, emptyEnd }

    /// Reads the pages once, from the first.
    private func pass<Item: ListedResource>(_ call: DirectoryCall) async -> (ListReading<Item>, PassEnding) {
        var call = call
        var walk = ListWalk<Item>()
        while true {
            let page: ListPage<Item>
            do {
                page = try await get(call)
            } catch {
                let expired = call.query["pageToken"] != nil && error.status == 400
                return (ListReading(items: walk.items, failure: error), expired ? .tokenExpired : .done)
            }
            switch walk.take(page) {
            case .next(let token): call.query["pageToken"] = token
            case .whole: return (ListReading(items: walk.items, failure: nil), .done)
            case .emptyEnd:
                return (broken(call, walk.items, "the page that the last token promised is empty"), .emptyEnd)
            case .broken(let text): return (broken(call, walk.items, text), .done)
            }
        }
    }

    private func broken<Item>(_ call: DirectoryCall, _ items: [Item], _ text: String) -> ListReading<Item> {
        let message = "the list is not whole: \(text)"
        return ListReading(items: items, failure: CallFailure(call.name.error(.malformed, message: message)))
    }
}
