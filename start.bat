@echo off
rem Starts the bot with a double click: sets it up the first time, and goes live after that.
chcp 65001 >nul
cd /d "%~dp0"
set "PATH=%USERPROFILE%\.local\bin;%PATH%"
where uv >nul 2>nul
if not errorlevel 1 goto ready
echo Installing uv, which brings Python and all that the bot needs ...
powershell -ExecutionPolicy ByPass -c "irm https://astral.sh/uv/install.ps1 | iex"
if errorlevel 1 goto end
:ready
if exist .env goto live
uv run vtuber-bot init --page
if errorlevel 1 goto end
:live
uv run vtuber-bot run
if not errorlevel 1 goto end
rem What a show cannot begin without is told above, and set on that page.
uv run vtuber-bot init --page
if errorlevel 1 goto end
uv run vtuber-bot run
:end
pause
