internal import HTTP
internal import Model

/// The pages of one listing, checked as they come.
///
/// A token that was given before, and a row that an earlier page had, mean that the listing is not whole. Empty pages
/// with a token are legal (Organizations gives them).
struct ListingCheck {
    private let call: Call
    private let allowsRepeatsWithinPage: Bool
    private var pages = PageWalk()
    private var keys: Set<String> = []

    init(_ call: Call, allowsRepeatsWithinPage: Bool = false) {
        self.call = call
        self.allowsRepeatsWithinPage = allowsRepeatsWithinPage
    }

    /// Takes the rows' keys and the token of one page; gives the token of the next page, nil after the last.
    mutating func take(_ rows: [String], token: String?, requestID: String?) throws(UpstreamError) -> String? {
        var page: Set<String> = []
        for row in rows {
            if keys.contains(row) {
                throw call.malformed("a page lists \(row), which an earlier page listed", requestID: requestID)
            }
            guard page.insert(row).inserted || allowsRepeatsWithinPage else {
                throw call.malformed("a page lists \(row) twice", requestID: requestID)
            }
        }
        keys.formUnion(page)
        switch pages.advance(token: token) {
        case .next(let token): return token
        case .done: return nil
        case .broken(let fault): throw call.malformed(fault.message, requestID: requestID)
        }
    }
}

/// One page of a listing: the rows in the member that the decoder's user info names, and `NextToken`.
struct Page<Row: Decodable & Sendable>: Decodable, Sendable {
    var rows: [Row]
    var nextToken: String?

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let name = CodingUserInfoKey.rows.flatMap { decoder.userInfo[$0] as? String } ?? ""
        let members = try decoder.container(keyedBy: Key.self)
        rows = try members.decode([Row].self, forKey: Key(stringValue: name))
        nextToken = try members.decodeIfPresent(String.self, forKey: Key(stringValue: "NextToken"))
    }
}

/// What one listing asks for.
struct Listing<Row: Decodable & Sendable>: Sendable {
    var operation: String
    /// The member that holds the rows.
    var rows: String
    var input: Document
    /// The objects per page; nil where the operation has no `MaxResults`.
    var size: Int? = 100
    /// What the listing is about, for errors.
    var object: String?
    var allowsRepeatsWithinPage = false
    /// How often each page is asked for.
    var attempts = ServiceClient.attempts
    /// What tells one row from another.
    var key: @Sendable (Row) -> String
}

extension ServiceClient {
    /// Reads a listing to its end, its pages one after the other.
    ///
    /// - Throws: the failure of a page, or `malformed` where the pages contradict each other.
    func list<Row>(_ listing: Listing<Row>) async throws(UpstreamError) -> [Row] {
        do { return try await walk(listing) { _ in true } } catch { throw error.upstream }
    }

    /// Reads a listing until its end, or until `goesOn` says no after a page.
    func walk<Row>(
        _ listing: Listing<Row>,
        goesOn: @Sendable ([Row]) -> Bool
    ) async throws(CallFailure) -> [Row] {
        let call = named(listing.operation, listing.object)
        var check = ListingCheck(call, allowsRepeatsWithinPage: listing.allowsRepeatsWithinPage)
        var result: [Row] = []
        var token: String?
        repeat {
            var input = listing.input
            if let size = listing.size { input = input.with(["MaxResults": .number(size)]) }
            if let token { input = input.with(["NextToken": .text(token)]) }
            let answer: Answer<Page<Row>> = try await self.page(
                listing.operation,
                input,
                rows: listing.rows,
                object: listing.object,
                attempts: listing.attempts
            )
            let page = answer.value
            do {
                token = try check.take(page.rows.map(listing.key), token: page.nextToken, requestID: answer.requestID)
            } catch {
                throw CallFailure(error)
            }
            result += page.rows
        } while token != nil && goesOn(result)
        return result
    }
}
