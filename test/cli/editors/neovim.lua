-- Opens a file in Neovim with the language server, and writes what it shows as JSON: diagnostics, and a hover on the word
-- that is asked for. Arguments by the environment: PROGRAM (JSON list), FILE, WORD, RESULT.
local program = vim.fn.json_decode(vim.env.PROGRAM)
vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.FILE))
vim.bo.filetype = 'iptables'
if vim.lsp.config then
  -- As README.md has it, for this program.
  vim.lsp.config('kube_proxy', { cmd = program, filetypes = { 'iptables' } })
  vim.lsp.enable('kube_proxy')
else
  local client = vim.lsp.start_client({ name = 'kube_proxy', cmd = program })
  vim.lsp.buf_attach_client(0, client)
end
vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 50)
local diagnostics = vim.tbl_map(function(each)
  return { line = each.lnum + 1, severity = each.severity, message = each.message, source = each.source }
end, vim.diagnostic.get(0))
vim.fn.search(vim.env.WORD)
local hovers = vim.lsp.buf_request_sync(0, 'textDocument/hover', {
  textDocument = { uri = vim.uri_from_bufnr(0) },
  position = { line = vim.fn.line('.') - 1, character = vim.fn.col('.') - 1 },
}, 20000)
local hover = ''
for _, each in pairs(hovers or {}) do
  hover = each.result and each.result.contents.value or ''
end
local file = io.open(vim.env.RESULT, 'w')
file:write(vim.fn.json_encode({ diagnostics = diagnostics, hover = hover }))
file:close()
vim.cmd('qall!')
