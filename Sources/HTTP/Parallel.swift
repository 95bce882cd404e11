/// Runs a body over many inputs, at most `width` at once.
///
/// - Returns: the results in the order of the inputs, whatever the order of arrival.
public func inParallel<Input: Sendable, Output: Sendable>(
    _ inputs: [Input],
    width: Int,
    _ body: @escaping @Sendable (Input) async -> Output
) async -> [Output] {
    await withTaskGroup(of: (Int, Output).self) { group in
        var results: [Output?] = Array(repeating: nil, count: inputs.count)
        var next = 0
        func start(_ group: inout TaskGroup<(Int, Output)>) {
            guard next < inputs.count else { return }
            let (index, input) = (next, inputs[next])
            next += 1
            group.addTask { (index, await body(input)) }
        }
        for _ in 0..<max(1, width) { start(&group) }
        for await (index, result) in group {
            results[index] = result
            start(&group)
        }
        return results.compactMap { $0 }
    }
}

extension Array {
    /// The elements in slices of at most `size`.
    public func slices(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
