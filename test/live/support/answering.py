# Runs a program on a terminal of its own, types an answer once a question is on it, prints all that the terminal showed,
# and ends with the program's exit code: answering.py QUESTION ANSWER PROGRAM ARGUMENTS…
import os
import pty
import sys

question, answer, argv = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(argv[0], argv)
shown = b""
answered = False
while True:
    try:
        read = os.read(terminal, 4096)
    except OSError:
        break
    if not read:
        break
    shown += read
    if not answered and question in shown:
        os.write(terminal, answer)
        answered = True
sys.stdout.buffer.write(shown)
status = os.waitpid(child, 0)[1]
sys.exit(os.waitstatus_to_exitcode(status))
