@echo off
rem Runs bin\deepsentry.bat, so that commands read the same here as in a checkout.
call "%~dp0bin\deepsentry.bat" %*
exit /b %ERRORLEVEL%
