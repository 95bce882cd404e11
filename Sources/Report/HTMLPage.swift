/// HTML that is being written; every text that comes in is escaped.
struct HTMLPage {
    private(set) var text = ""

    /// Markup as it is: only what stands in the source code, or is escaped already.
    mutating func write(_ markup: String) { text += markup }

    /// An element with a text.
    mutating func element(_ name: String, _ className: String? = nil, text content: String) {
        element(name, className) { $0.write(Printable.html(content)) }
    }

    /// An element with what the closure writes.
    mutating func element(_ name: String, _ className: String? = nil, _ content: (inout HTMLPage) -> Void) {
        text += className.map { "<\(name) class=\"\($0)\">" } ?? "<\(name)>"
        content(&self)
        text += "</\(name)>"
        if name != "span" && name != "td" && name != "th" && name != "strong" && name != "code" { text += "\n" }
    }

    /// A whole page around a body.
    static func document(title: String, body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>\(Printable.html(title))</title>
        <style>
        \(style)
        </style>
        </head>
        <body>
        <main>
        \(body)</main>
        </body>
        </html>

        """
    }

    private static let style = """
        :root {
          --page: #f6f7f9; --card: #fff; --text: #1c2128; --faint: #5b6470; --line: #dfe3e8; --stripe: #fafbfc;
          --added: #12692f; --added-back: #e6f5ea; --removed: #b3202c; --removed-back: #fdebec;
          --changed: #865300; --changed-back: #fff4dc;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14171b; --card: #1c2026; --text: #e2e6ea; --faint: #98a2ad; --line: #323842; --stripe: #20252c;
            --added: #6fd08c; --added-back: #16301f; --removed: #ff8f94; --removed-back: #3a1a1d;
            --changed: #eebb57; --changed-back: #35280f;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--text); font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 24px 20px 48px; }
        header p { margin: 0; }
        h1 { font-size: 22px; margin: 0 0 4px; }
        section > h2 { font-size: 16px; margin: 28px 0 6px; }
        .lead { color: var(--text); }
        .source, .note, .faint { color: var(--faint); }
        .note { margin: -4px 0 8px; }
        .bad { color: var(--changed); }
        .calm { margin-top: 24px; padding: 14px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
        .tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0; }
        .tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 14px 10px; min-width: 110px; }
        .tile h2 { font-size: 12px; font-weight: 600; margin: 0; color: var(--faint); }
        .tile span { font-size: 20px; font-weight: 600; margin-right: 10px; font-variant-numeric: tabular-nums; }
        .brake { margin: 8px 0; padding: 8px 14px; border-radius: 8px; background: var(--changed-back); color: var(--changed); }
        .brake.tripped { background: var(--removed-back); color: var(--removed); }
        table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card); }
        section > table { border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
        th { text-align: left; font-size: 12px; font-weight: 600; color: var(--faint); }
        th, td { padding: 4px 12px; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
        tr:first-child > td, thead th { border-top: 0; }
        thead + tr > td { border-top: 1px solid var(--line); }
        tr.more > td { border-top: 0; padding-top: 0; }
        td.mark { width: 1%; padding-right: 0; font-weight: 700; }
        td.name { font-weight: 500; width: 34%; }
        td.nowrap { white-space: nowrap; width: 1%; overflow-wrap: normal; }
        td.place { color: var(--faint); font: 12px/1.75 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; text-align: right; width: 24%; }
        .added, tr.added > .mark { color: var(--added); }
        .removed, tr.removed > .mark { color: var(--removed); }
        .changed, tr.changed > .mark { color: var(--changed); }
        tr.added, tr.removed, tr.changed { color: inherit; }
        tr.added > td { background: color-mix(in srgb, var(--added-back) 45%, transparent); }
        tr.removed > td { background: color-mix(in srgb, var(--removed-back) 45%, transparent); }
        details { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; overflow: hidden; }
        summary { padding: 8px 12px; cursor: pointer; }
        details[open] > summary { border-bottom: 1px solid var(--line); }
        summary .mark { font-weight: 700; margin-right: 8px; }
        summary .name { font-weight: 600; margin-right: 10px; overflow-wrap: anywhere; }
        footer { margin-top: 32px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--faint); }
        footer p { margin: 0 0 2px; }
        code { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
        @media (min-width: 721px) {
          section > table td.name { width: 22%; }
          section > table td.place { width: 18%; }
        }
        @media (max-width: 720px) {
          thead { display: none; }
          tr { display: block; padding: 5px 0; border-top: 1px solid var(--line); }
          tr:first-child { border-top: 0; }
          tr.more { border-top: 0; padding-top: 0; }
          tr > td, tr > td.name, tr > td.nowrap, tr > td.place { display: block; width: auto; padding: 0 12px; border: 0; text-align: left; white-space: normal; }
          tr > td:empty { display: none; }
          tr > td.mark { float: left; width: auto; padding-right: 8px; }
          tr.added { background: color-mix(in srgb, var(--added-back) 45%, transparent); }
          tr.removed { background: color-mix(in srgb, var(--removed-back) 45%, transparent); }
          tr.added > td, tr.removed > td { background: none; }
        }
        @media print { body { background: #fff; } details { break-inside: avoid; } }
        """
}
